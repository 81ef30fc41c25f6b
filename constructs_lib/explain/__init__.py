"""Why one request is allowed or refused: a sentence, the deciding statement, and the nearest allowed request.

`explain` answers a question about templates, `explain_recorded` explains a call that the local cloud recorded. Both use
the evaluator of `constructs_lib.analysis`; no code here matches policies.
"""

from constructs_lib.explain.answer import Answer, Status, Suggestion
from constructs_lib.explain.evaluate import explain

__all__ = ["Answer", "Status", "Suggestion", "explain"]
