"""How much attention an athlete's next story will bring, how sure that is, and why."""
