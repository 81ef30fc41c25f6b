"""`python -m bench`: times this library and its peers on this machine, and writes docs/performance.md."""
