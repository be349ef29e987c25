"""Work that outlives a request: rows are the truth, workers claim them with a lease."""
