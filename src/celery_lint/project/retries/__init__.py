"""Retries: the calls that ask for one, what stands around them, and the options of tasks that speak of them."""
