"""The upper frame: Search finds an account, the account pane shows it."""
