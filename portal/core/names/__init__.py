"""Names of companies and domains: what makes two of them look alike, and what may not stand in
one."""
