"""Runs a program on a new terminal, and copies what it shows to standard output.

SIGTERM closes the terminal, and waits for the end of the program.
"""

import os
import pty
import signal
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


def close(*_):
    os.close(terminal)
    os.waitpid(pid, 0)
    os._exit(0)


signal.signal(signal.SIGTERM, close)
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    os.write(1, part)
os.waitpid(pid, 0)
