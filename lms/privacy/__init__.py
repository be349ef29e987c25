"""What an organisation must be able to show: the trail, the purpose, the accessibility."""
