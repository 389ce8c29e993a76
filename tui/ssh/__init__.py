"""How the program is entered over SSH: the lines and settings that sshd reads, and what it runs."""
