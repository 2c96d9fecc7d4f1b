"""What is known of an athlete as of a time: one SELECT, one table, one .sql file, and the matrix made of them."""
