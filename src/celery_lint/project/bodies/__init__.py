"""What a task is made of: its signature, the decorators around it, and what its body does."""
