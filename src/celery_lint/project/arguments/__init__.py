"""What is sent: the arguments of messages and the options they are sent with."""
