"""Why one request is allowed or refused: the sentence, the deciding statement, the nearest thing that would be allowed.

`explain` explains a question about templates, `explain_recorded` a call that the local cloud has decided. Both use the
evaluator of `constructs_lib.analysis` and its decisions; no code here matches a policy itself.
"""

from constructs_lib.explain.answer import Answer, Status, Suggestion
from constructs_lib.explain.evaluate import explain

__all__ = ["Answer", "Status", "Suggestion", "explain"]
