"""Becomes the program it is given, as the right user, and dies with whoever started it.

Run as `python -I -S launch.py PARENT SIGNAL USER NICENESS PROGRAM ARGUMENT…`. A program of its
own, since code between fork and exec is not safe in a parent with threads.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, death_signal, user = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    os.nice(int(sys.argv[4]))
    if user:
        become(user)
    if sys.platform == "linux":
        # After the change of user, which would reset it.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The supervisor is gone.")
    os.execv(sys.argv[5], sys.argv[5:])


def become(user: str) -> None:
    """Be this user, for good."""
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


if __name__ == "__main__":
    main()
