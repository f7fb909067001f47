"""Memory: an append-only, hash-chained history of decisions, and the present state, in a database.

entry       what one entry holds: plain values, without any database
codec       those values as canonical text, and back
replay      what entries do to the state: forward, and backward
schema      the tables
migrations  how a database gets those tables, and how an older one is brought up to date
faults      every error of the database, put in words of this package
database    opening a database, and its transactions
chain       the audit: every hash, every number, every step
journal     `Journal`, which people import
"""
