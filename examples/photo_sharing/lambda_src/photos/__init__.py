"""What happens to photos after they are uploaded, published or deleted."""
