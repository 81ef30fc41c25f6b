"""The shares of the document app: what a user makes known of a document, for everyone to see."""
