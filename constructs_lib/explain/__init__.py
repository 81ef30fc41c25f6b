"""Why one request is allowed or refused: the sentence, the deciding statement, the nearest thing that would be allowed.

`explain` answers for a question about templates, `explain_recorded` for a call that the local cloud has decided. Both
ask the evaluator of `constructs_lib.analysis` and read its answers; nothing here matches a policy by itself.
"""

from constructs_lib.explain.answer import Answer, Status, Suggestion
from constructs_lib.explain.evaluate import explain

__all__ = ["Answer", "Status", "Suggestion", "explain"]
