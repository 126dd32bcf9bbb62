"""Runs a command on a terminal of its own and says what a person would have seen.

usage: terminal.py COLUMNS ROWS ACTIONS COMMAND…

ACTIONS is JSON: a list of {"when": TEXT, "after": SECONDS, "do": "resize"|"signal"|"type", …}. Each waits until TEXT is
on the screen (once the one before is done), then SECONDS, and then acts: {"columns": 40, "rows": 24}, {"signal": 2} (to the
process itself), {"text": "yes\\n"}.

Prints JSON: the exit status (negative: the signal), every screen that was different from the one before, the last screen, and all
that was written. The screen is kept as terminals that reflow keep it: lines that were too long are wrapped again when the
width changes.
"""
import fcntl, json, os, pty, select, signal, struct, sys, termios, time, unicodedata


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines, self.line, self.cell = [[]], 0, 0
        self.pending = b""
        self.unknown = []

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows

    def count(self, line):
        return max(1, -(-len(line) // self.columns))

    def text(self):
        out = []
        for line in self.lines:
            for row in range(self.count(line)):
                out.append("".join(line[row * self.columns:(row + 1) * self.columns]).rstrip())
        while out and not out[-1]:
            out.pop()
        return out

    def up(self, rows):
        column, row = self.cell % self.columns, self.cell // self.columns
        for _ in range(rows):
            if row > 0:
                row -= 1
            elif self.line > 0:
                self.line -= 1
                row = self.count(self.lines[self.line]) - 1
        self.cell = row * self.columns + column

    def put(self, character):
        width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if unicodedata.combining(character) or unicodedata.category(character) == "Mn":
            width = 0
        line = self.lines[self.line]
        if width == 0:
            if self.cell > 0 and self.cell <= len(line):
                line[self.cell - 1] += character
            return
        while len(line) < self.cell + width:
            line.append(" ")
        line[self.cell] = character
        if width == 2:
            line[self.cell + 1] = ""
        self.cell += width

    def newline(self):
        line = self.lines[self.line]
        column, row = self.cell % self.columns, self.cell // self.columns
        if self.cell and self.cell % self.columns == 0 and self.cell == len(line):
            row -= 1
            column = self.columns
        if row + 1 < self.count(line):
            self.cell = (row + 1) * self.columns + column % self.columns
            return
        self.line += 1
        if self.line == len(self.lines):
            self.lines.append([])
        self.cell = column % self.columns

    def feed(self, data):
        text = self.pending + data
        for cut in range(4):
            try:
                decoded = text[:len(text) - cut].decode()
                break
            except UnicodeDecodeError:
                continue
        else:
            decoded, cut = text.decode(errors="replace"), 0
        self.pending = text[len(text) - cut:] if cut else b""
        index = 0
        while index < len(decoded):
            character = decoded[index]
            index += 1
            if character == "\r":
                self.cell -= self.cell % self.columns
            elif character == "\n":
                self.newline()
            elif character == "\x1b":
                end = index + 1
                while end < len(decoded) and not decoded[end].isalpha():
                    end += 1
                if end >= len(decoded):
                    self.pending = decoded[index - 1:].encode() + self.pending
                    return
                self.control(decoded[index:end + 1])
                index = end + 1
            elif character >= " ":
                self.put(character)
            else:
                self.unknown.append(repr(character))

    def control(self, sequence):
        kind, number = sequence[-1], sequence[1:-1]
        line = self.lines[self.line]
        if kind == "A":
            self.up(int(number or 1))
        elif kind == "K" and number == "":
            row = self.cell // self.columns
            end = (row + 1) * self.columns
            if end >= len(line):
                del line[self.cell:]
            else:
                line[self.cell:end] = [" "] * (end - self.cell)
        elif kind == "J" and number == "":
            del line[self.cell:]
            del self.lines[self.line + 1:]
        elif kind != "m":
            self.unknown.append(repr(sequence))


def main():
    columns, rows, actions = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.execvp(sys.argv[4], sys.argv[4:])
    screen, frames, raw, due = Screen(columns, rows), [], b"", None
    limit = time.monotonic() + 120
    while time.monotonic() < limit:
        ready, _, _ = select.select([terminal], [], [], 0.02)
        if ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            raw += data
            screen.feed(data)
            shown = screen.text()
            if not frames or frames[-1] != shown:
                frames.append(shown)
        if actions and due is None and any(actions[0].get("when", "") in line for line in screen.text() + [""]):
            due = time.monotonic() + actions[0].get("after", 0)
        if due is not None and time.monotonic() >= due:
            action, due = actions.pop(0), None
            if action["do"] == "resize":
                screen.resize(action["columns"], action["rows"])
                fcntl.ioctl(
                    terminal, termios.TIOCSWINSZ, struct.pack("HHHH", action["rows"], action["columns"], 0, 0))
            elif action["do"] == "signal":
                os.kill(child, action["signal"])
            else:
                os.write(terminal, action["text"].encode())
    else:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    json.dump({
        "status": os.waitstatus_to_exitcode(status), "frames": frames, "last": screen.text(),
        "raw": raw.decode(errors="replace"), "unknown": screen.unknown, "left": len(actions),
    }, sys.stdout)


main()
