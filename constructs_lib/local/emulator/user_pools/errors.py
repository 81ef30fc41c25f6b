"""Errors of user pools, with AWS's codes and messages."""


class RefusedError(Exception):
    """A call that AWS refuses.

    Args:
        code: The exception's name in AWS's service model.
        message: Its message.
        status: The HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def invalid(message: str) -> RefusedError:
    """Return an `InvalidParameterException`."""
    return RefusedError("InvalidParameterException", message)


def not_authorized(message: str) -> RefusedError:
    """Return a `NotAuthorizedException`."""
    return RefusedError("NotAuthorizedException", message)


def missing(name: str) -> RefusedError:
    """Return the error of a missing parameter that the service model does not mark as required."""
    return invalid(f"Missing required parameter {name}")


def no_pool(pool_id: object) -> RefusedError:
    """Return the error of an unknown user pool."""
    return RefusedError("ResourceNotFoundException", f"User pool {pool_id} does not exist.")


def no_client(client_id: object) -> RefusedError:
    """Return the error of an unknown app client."""
    return RefusedError("ResourceNotFoundException", f"User pool client {client_id} does not exist.")


def no_user() -> RefusedError:
    """Return the error of an unknown user."""
    return RefusedError("UserNotFoundException", "User does not exist.")


def wrong_code() -> RefusedError:
    """Return the error of a wrong verification code."""
    return RefusedError("CodeMismatchException", "Invalid verification code provided, please try again.")


def expired_code() -> RefusedError:
    """Return the error of a code that was never sent, was used, or has expired."""
    return RefusedError("ExpiredCodeException", "Invalid code provided, please request a code again.")


def too_many_attempts() -> RefusedError:
    """Return the error of too many attempts."""
    return RefusedError("LimitExceededException", "Attempt limit exceeded, please try after some time.")
