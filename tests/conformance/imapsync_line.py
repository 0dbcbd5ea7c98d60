# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. The command line, and who gets in."""
import re

from imapsync_world import A, B, scenario
from support import PASSWORD, fault_proxy


@scenario(1, "no_args")
def _(world):
    done = world.raw()
    world.that(done.status == 0 and "usage" in done.out, f"usage, 0: {done}")


@scenario(2, "option_version")
def _(world):
    done = world.raw("--version")
    world.that(done.status == 0 and done.out == "2.229\n", f"the number only: {done}")


@scenario(3, "ll_unknow_option")
def _(world):
    done = world.run("--unknown_option")
    world.that(done.status == 64 and "Unknown option: unknown_option" in done.out, done)


@scenario(4, "option_bad_delete2")
def _(world):
    world.that(world.run("--delete", "2").status == 64, "--delete 2 is refused")


@scenario(5, "option_extra_arguments")
def _(world):
    done = world.run("stray")
    world.that(done.status == 64 and "extra arguments" in done.out, done)
    world.that(world.run("--justlogin", "").status == 0, "an empty word, as GNU parallel leaves it, is no mistake")


@scenario(6, "option_extra")
def _(world):
    (world.ledgers / "options_extra.txt").write_text("--debugimap1 --errorsmax 7\n--delete2\n")
    done = world.run("--justlogin")
    world.that(done.status == 0 and "0/7 nb_errors/max_errors" in done.out and "CAPABILITY" in done.out, f"read: {done}")
    (world.ledgers / "options_extra.txt").write_text("--delete2\n")
    world.that(world.run("--justlogin").status == 64, "and may not ask for anything")


@scenario(7, "passwords_masked", "passwords_not_masked")
def _(world):
    for spelling in (["--password1", "sesame"], ["--password1=sesame"], ["--password1", "sesame", "--showpasswords"]):
        done = world.raw("--justbanner", "--nolog", "--pidfile", "", *spelling)
        world.that(done.status == 0 and "MASKED" in done.out and "sesame" not in done.out, f"{spelling} is masked, always: {done}")


@scenario(8, "passfile1_noexist", "passfile2_noexist")
def _(world):
    for side in "12":
        world.that(world.run(f"--passfile{side}", "/nowhere/passfile").status == 66, f"passfile{side} that is not there")


@scenario(9, "ll_env_password")
def _(world):
    sides = [each for each in world.sides()]
    for option in ("--password1", "--password2"):
        at = sides.index(option)
        del sides[at:at + 2]
    done = world.raw(*sides, "--nolog", "--pidfile", "", "--justlogin", IMAPSYNC_PASSWORD1=PASSWORD, IMAPSYNC_PASSWORD2=PASSWORD)
    world.that(done.status == 0, done)


@scenario(10, "ll_ask_password")
def _(world):
    sides = [each for each in world.sides()]
    for option in ("--password1", "--password2"):
        at = sides.index(option)
        del sides[at:at + 2]
    done = world.raw(*sides, "--nolog", "--pidfile", "", "--justlogin", text=f"{PASSWORD}\n{PASSWORD}\n")
    world.that(done.status == 0 and PASSWORD not in done.out, done)


@scenario(11, "ll_host_sanitize")
def _(world):
    done = world.run("--host1", " 127.0 .0.1/", "--justlogin")
    world.that(done.status == 0, done)


@scenario(12, "ll_justlogin")
def _(world):
    done = world.run("--justlogin")
    world.that(done.status == 0 and len(re.findall(r"Host[12]: success login on \[127.0.0.1\] with user \[", done.out)) == 2, done)
    world.that("Exiting with return value 0 (EX_OK) 0/50 nb_errors/max_errors PID " in done.out, done)


@scenario(13, "ll_authentication_failure_user1", "ll_authentication_failure_user2", "ll_authentication_failure_user12")
def _(world):
    for wrong, status in ((["--password1", "x"], 161), (["--password2", "x"], 162), (["--password1", "x", "--password2", "x"], 161)):
        done = world.run("--justlogin", *wrong)
        world.that(done.status == status, f"{wrong}: {done}")


@scenario(14, "ll_bad_host1", "ll_bad_host2", "ll_bad_host12")
def _(world):
    for wrong, status in ((["--port1", "1"], 101), (["--port2", "1"], 102), (["--port1", "1", "--port2", "1"], 101)):
        done = world.run(*wrong)
        world.that(done.status == status, f"{wrong}: {done}")


@scenario(15, "ll_justhost1", "ll_justhost2")
def _(world):
    for side, server in (("1", A), ("2", B)):
        done = world.raw(f"--host{side}", "127.0.0.1", f"--port{side}", world.lab.port(server), "--nolog", "--pidfile", "")
        world.that(done.status == 0, f"host{side} alone is connected to: {done}")
    world.that(world.run("--justconnect", "--port1", "1").status == 10, "who cannot be connected to is 10 there")


@scenario(16, "ll_authmech_PLAIN", "ll_authmech_LOGIN", "ll_authmech_CRAMMD5")
def _(world):
    for mechanism in ("PLAIN", "LOGIN"):
        done = world.run("--justlogin", "--authmech1", mechanism, "--authmech2", mechanism)
        world.that(done.status == 0, f"{mechanism}: {done}")


@scenario(17, "ll_authmech_NTLM_trylogin_ok")
def _(world):
    world.that(world.run("--justlogin", "--authmech1", "NTLM").status == 0, "falls back")


@scenario(18, "ll_authmech_NTLM")
def _(world):
    done = world.run("--justlogin", "--authmech1", "NTLM", "--notrylogin")
    world.that(done.status == 161 and "the server does not understand NTLM" in done.out, done)


@scenario(19, "ll_authmech_PREAUTH")
def _(world):
    world.that(world.run("--justlogin", "--authmech1", "PREAUTH").status == 16, "16")


@scenario(20, "ll_authuser")
def _(world):
    admin = ["--authuser1", "master", "--password1", "master-pass", "--authuser2", "master", "--password2", "master-pass"]
    done = world.run("--justlogin", *admin)
    world.that(done.status == 0, done)


@scenario(21, "ll_proxyauth_missing_authuser")
def _(world):
    world.that(world.run("--proxyauth1").status == 64, "who logs in must be said")


@scenario(22, "ll_proxyauth_authuser")
def _(world):
    done = world.run("--justlogin", "--proxyauth2", "--authuser2", world.user, "--user2", "userother")
    world.that(done.status == 162, f"this server has no PROXYAUTH: {done}")
    with fault_proxy(world.lab.port(A), "--fault", "PROXYAUTH 1-: OK done") as (port, counts):
        done = world.run("--port1", port, "--proxyauth1", "--authuser1", world.user, "--user1", "userother")
        commands = counts()["commands"]
    world.that(done.status == 161 and commands.get("PROXYAUTH", 0) > 0 and "nothing tells the mail of userother" in done.out,
               f"one that says OK to it and shows the administrator's own mail is not believed: {commands} {done}")


@scenario(23, "ll_ssl_justlogin", "ll_tls_justlogin")
def _(world):
    servers = world.lab.servers
    for options in (["--ssl1", "--ssl2", "--port1", servers[A]["tls_port"], "--port2", servers[B]["tls_port"]], ["--tls1", "--tls2"]):
        done = world.run("--justlogin", *options)
        world.that(done.status == 0, f"{options}: {done}")
        world.that("the certificate is not verified" in done.out, f"and it is said that nobody looked at the certificate: {done}")


@scenario(24, "ll_ssl1_tls2_justconnect")
def _(world):
    done = world.run("--justconnect", "--ssl1", "--port1", world.lab.servers[A]["tls_port"], "--tls2")
    world.that(done.status == 0, done)


@scenario(25, "ll_ssl_tls_justlogin")
def _(world):
    world.that(world.run("--justlogin", "--ssl1", "--tls1").status == 12, "a connection is encrypted once")


@scenario(26, "ll_ssl_justconnect_verify_mode1")
def _(world):
    verify = ["--sslargs1", "SSL_verify_mode=1", "--sslargs2", "SSL_verify_mode=1"]
    secure = ["--ssl1", "--ssl2", "--port1", world.lab.servers[A]["tls_port"], "--port2", world.lab.servers[B]["tls_port"]]
    world.that(world.run("--justconnect", *secure, *verify).status == 10, "in justconnect: 10")
    world.that(world.run(*secure, *verify).status == 101, "in a sync: 101")
    world.that(world.run("--tls1", "--tls2", *verify).status == 12, "under STARTTLS: 12")


@scenario(27, "ll_timeout_very_small")
def _(world):
    world.that(world.run("--timeout", "0.001").status != 0, "fails")
