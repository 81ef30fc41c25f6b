"""Files of `cognito-app verify`: the recording that it writes or replays, and its reports."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from constructs_lib.cli.console import err, out, step
from constructs_lib.cli.template_options import write_json

if TYPE_CHECKING:
    import boto3

    from constructs_lib.verify import Check, Result, Run
    from constructs_lib.verify.plan import Plan
    from constructs_lib.verify.recording import FileRecorder


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    """The files that a run writes.

    Args:
        recording: The recording. None: the run is not recorded.
        reports: The reports.

    Raises:
        click.ClickException: A file cannot be written; checked before the first call.
    """

    recording: Path | None
    reports: tuple[Path, ...]

    @classmethod
    def of(cls, record: str | None, reports: tuple[str, ...]) -> Files:
        """Return the files of the command line's options."""
        from constructs_lib.verify.report_documents import FORMS

        paths = tuple(map(Path, reports))
        for path in paths:
            if path.suffix not in FORMS:
                raise click.ClickException(
                    f"--report {path} is not the name of a report; end the name in {' or '.join(FORMS)}"
                )
        recording = Path(record) if record is not None else None
        if recording is not None and os.path.lexists(recording):
            raise click.ClickException(f"--record {recording} already exists; name a new file, or remove it")
        written = [recording] if recording else []
        for path in (*paths, *written):
            if not path.parent.is_dir():
                raise click.ClickException(f"the folder of {path} does not exist; create it first")
            if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
                raise click.ClickException(f"{path} cannot be written; name another file, or allow writing to it")
        if len({each.resolve() for each in (*paths, *written)}) < len(paths) + len(written):
            raise click.ClickException("two files of the run have the same path; use a different name for each")
        return cls(recording=recording, reports=paths)

    def recorder(
        self,
        session: boto3.Session,
        run: Run,
        assembly: Path,
        endpoint_url: str | None,
        administrator: tuple[str, ...],
    ) -> FileRecorder | None:
        """Start the recording; return its recorder, or None if the run is not recorded.

        The session is recorded from now on. The endpoint is None for AWS; `administrator` are the names of the caller.
        """
        if self.recording is None:
            return None
        from constructs_lib.verify.recording import FileRecorder

        recorder = FileRecorder(self.recording, run, endpoint_url=endpoint_url)
        recorder.learn_app(assembly)
        for name in administrator:
            recorder.add_identifier("administrator", name)
        core: Any = session._session  # noqa: SLF001 - boto3 has no other way to it
        recorder.attach(core)
        return recorder

    def write(self, result: Result, plan: Plan, checks: list[Check], recorder: FileRecorder | None) -> None:
        """Write the reports, and print the calls that the recording omits."""
        from constructs_lib.verify.report_documents import FORMS, Document

        if recorder:
            recorder.end()
        withheld = recorder.withheld if recorder else []
        document = Document(
            result=result,
            plan=plan,
            checks=checks,
            recording=self.recording.name if self.recording else "",
            withheld=withheld,
        )
        for path in self.reports:
            try:
                path.write_text(FORMS[path.suffix](document), encoding="utf-8")
            except OSError as error:
                # The result has been printed, and the exit status tells whether resources remain.
                err.print(f"report: {path} could not be written: {error.strerror}", soft_wrap=True)
                continue
            err.print(f"report: {path}", soft_wrap=True)
        if recorder and recorder.broken:
            err.print(f"the recording ended before the run: {recorder.broken}", soft_wrap=True)
        elif recorder:
            err.print(f"recording: {recorder.path}, {len(withheld)} calls omitted", soft_wrap=True)
            for each in withheld:
                err.print(f"    {each.call}: {each.place} {each.reason}", soft_wrap=True)


def play(path: Path, shape: str) -> int:
    """Replay a recording on a new local cloud; return the exit status."""
    from constructs_lib.verify.replay import replay
    from constructs_lib.verify.replay.reading import Recording, RecordingError
    from constructs_lib.verify.replay.report import as_json, text_lines
    from constructs_lib.verify.result import AGREED, DIFFERENCES

    try:
        recording = Recording.read(path)
    except RecordingError as error:
        raise click.ClickException(str(error)) from error
    with step(f"Replaying {path} on a new local cloud") as progress:
        replayed = replay(recording, say=progress.note)
    if shape == "json":
        write_json(as_json(replayed))
    else:
        for line in text_lines(replayed):
            out.print(line, soft_wrap=True)
    amiss = any(each.is_fault for each in replayed.not_played)
    return DIFFERENCES if replayed.differences or amiss or not replayed.played else AGREED
