"""Runs a program on a new terminal, closes the terminal once the program shows a text, and prints how the program ended."""
import os
import pty
import sys

awaited, program, *args = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(program, [program, *args])
shown = b""
while awaited.encode() not in shown:
    shown += os.read(terminal, 4096)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
