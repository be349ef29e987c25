"""What every page shares: access, headers, errors, forms, languages, the commit at the edge."""
