"""What `make_test_model.py` needs: speech to learn from, a network, a training loop, an export."""
