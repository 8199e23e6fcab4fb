"""Runs a program whose terminal is a new pseudo-terminal, types on it, and prints what came out as JSON.

usage: pseudo-terminal.py PROMPT KEYS_IN_HEX PROGRAM ARGS...
"""

import json
import os
import pty
import sys

prompt, keys, program = sys.argv[1].encode(), bytes.fromhex(sys.argv[2]), sys.argv[3:]
read_end, write_end = os.pipe()
pid, master = pty.fork()
if pid == 0:
    os.dup2(write_end, 1)
    os.close(read_end)
    os.execvp(program[0], program)
os.close(write_end)

shown = b""
typed = False
while True:
    try:
        part = os.read(master, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if not typed and prompt in shown:
        os.write(master, keys)
        typed = True

written = b""
while part := os.read(read_end, 4096):
    written += part
os.waitpid(pid, 0)
json.dump({"stdout": written.decode(), "shown": shown.decode()}, sys.stdout)
