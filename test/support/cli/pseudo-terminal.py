"""Runs a program whose terminal is a new pseudo-terminal, types on it, and prints what came out as JSON.

usage: pseudo-terminal.py PROMPT KEYS_IN_HEX[,KEYS_IN_HEX...] PROGRAM ARGS...

Each of the keys is typed when the prompt is shown once more. With WHEN_HIDDEN in the environment that also waits until
the terminal does not show what is typed.
"""

import json
import os
import pty
import sys
import termios
import time

prompt, program = sys.argv[1].encode(), sys.argv[3:]
keys = [bytes.fromhex(part) for part in sys.argv[2].split(",")]
read_end, write_end = os.pipe()
pid, master = pty.fork()
if pid == 0:
    os.dup2(write_end, 1)
    os.close(read_end)
    os.execvp(program[0], program)
os.close(write_end)

shown = b""
typed = 0
while True:
    try:
        part = os.read(master, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if typed < len(keys) and shown.count(prompt) > typed:
        while "WHEN_HIDDEN" in os.environ and termios.tcgetattr(master)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(master, keys[typed])
        typed += 1

written = b""
while part := os.read(read_end, 4096):
    written += part
os.waitpid(pid, 0)
json.dump({"stdout": written.decode(), "shown": shown.decode()}, sys.stdout)
