"""The two engines of the proof: glob automata in pure Python, and cvc5 on exported SMT-LIB."""
