"""What panes are built from: lists, text views and fields; none of them knows the domain."""
