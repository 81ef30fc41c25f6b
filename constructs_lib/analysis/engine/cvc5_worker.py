"""A process that decides SMT-LIB scripts: one JSON text per input line, one result per output line."""

import json
import sys

import cvc5


def solve(script: str) -> str:
    """Return `sat`, `unsat`, `unknown`, or `error: ...`."""
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "obligation")
    symbols = parser.getSymbolManager()
    result = ""
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return result.strip() or "unknown"
        answer = command.invoke(solver, symbols)
        if answer.strip():
            result = answer


def main() -> None:
    """Process requests until the input ends."""
    for line in sys.stdin:
        try:
            answer = solve(json.loads(line))
        except Exception as error:  # noqa: BLE001 - the parent process reports the error
            answer = f"error: {error}"
        sys.stdout.write(" ".join(answer.split()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
