"""Who is told what: one row a notice, a code and parameters, never a sentence."""
