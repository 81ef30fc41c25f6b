"""`python -m bench`: times this library beside its peers on this machine, and writes docs/performance.md."""
