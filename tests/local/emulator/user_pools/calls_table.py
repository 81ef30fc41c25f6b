"""Calls of user pools and AWS's answers: error code and message, in AWS's order of checks; `allowed` where it answers.

Sources: AWS's service model for required members and their constraints; the API reference and the developer guide for
the rest. `<alice>` is her access token, `<pool>` is the pool; the people are those of the fixture `town`.
"""

from typing import Any, Final

Row = tuple[str, dict[str, Any], str]

INVALID, DENIED = "InvalidParameterException: ", "NotAuthorizedException: "
MISSING = "ResourceNotFoundException: "
NULL = "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null"
LONG = "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have length {}"
PATTERN = (
    "1 validation error detected: Value at '{}' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: {}"
)
NO_POOL = MISSING + "User pool us-east-1_Nowhere does not exist."
NO_CLIENT = MISSING + "User pool client nobodys does not exist."
NO_USER = "UserNotFoundException: User does not exist."
NOT_FOUND = "UserNotFoundException: Username/client id combination not found."
WRONG = DENIED + "Incorrect username or password."
UNWRITABLE = DENIED + "A client attempted to write unauthorized attribute"
NO_SESSION = DENIED + "Invalid session for the user."
BAD_TOKEN = DENIED + "Invalid Access Token"
FORGED = DENIED + "Could not verify signature for Access Token"
REVOKED = DENIED + "Access Token has been revoked"
SCHEMA = INVALID + "Attributes did not conform to the schema: "
WEAK = "InvalidPasswordException: Password did not conform with policy: "
MISMATCH = "CodeMismatchException: Invalid verification code provided, please try again."
EXPIRED = "ExpiredCodeException: Invalid code provided, please request a code again."
USERNAME = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
SESSION = "an-invented-session-of-some-length"
GOOD = "Correct-Horse-8"
ADMIN = {"UserPoolId": "<pool>", "Username": "alice"}


def attributes(**table: str) -> list[dict[str, str]]:
    return [{"Name": name.replace("__", ":"), "Value": value} for name, value in table.items()]


def sign_up(**more: Any) -> dict[str, Any]:
    return {"ClientId": "app", "Username": "zoe", "Password": GOOD, **more}


def start(flow: str, client: str = "app", **parameters: str) -> dict[str, Any]:
    return {"ClientId": client, "AuthFlow": flow, "AuthParameters": parameters}


def respond(challenge: str, session: str | None = SESSION, **responses: str) -> dict[str, Any]:
    asked = {"ClientId": "app", "ChallengeName": challenge, "ChallengeResponses": responses}
    return asked | ({"Session": session} if session else {})


def own(of: str = "<alice>", **more: Any) -> dict[str, Any]:
    return {"AccessToken": of, **more}


def admin(**more: Any) -> dict[str, Any]:
    return {**ADMIN, **more}


SIGN_UP: Final[list[Row]] = [
    ("SignUp", {}, INVALID + NULL.format("clientId").replace("1 validation error", "2 validation errors")
     + "; Value null at 'username' failed to satisfy constraint: Member must not be null"),
    ("SignUp", {"ClientId": "app"}, INVALID + NULL.format("username")),
    ("SignUp", sign_up(Username="z" * 129), INVALID + LONG.format("username", "less than or equal to 128")),
    ("SignUp", sign_up(Username="zoe blue"), INVALID + PATTERN.format("username", USERNAME)),
    ("SignUp", sign_up(ClientId="not-a-client!"), INVALID + PATTERN.format("clientId", r"[\w+]+")),
    ("SignUp", sign_up(Password="with a space 1A-"), INVALID + PATTERN.format("password", r"[\S]+")),
    ("SignUp", sign_up(Username=7), "SerializationException: NUMBER_VALUE can not be converted to String"),
    ("SignUp", sign_up(ClientId="nobodys"), NO_CLIENT),
    ("SignUp", sign_up(ClientId="secret"),
     DENIED + "Client secret is configured with secret but SECRET_HASH was not received"),
    ("SignUp", sign_up(ClientId="secret", SecretHash="AAAA"),
     DENIED + "Unable to verify secret hash for client secret"),
    ("SignUp", sign_up(SecretHash="AAAA"),
     INVALID + "App client app is not configured for secret but secret hash was received"),
    ("SignUp", sign_up(Password="Short-1"), WEAK + "Password not long enough"),
    ("SignUp", sign_up(Password="correct-horse-8"), WEAK + "Password must have uppercase characters"),
    ("SignUp", sign_up(Password="CORRECT-HORSE-8"), WEAK + "Password must have lowercase characters"),
    ("SignUp", sign_up(Password="Correct-Horse-x"), WEAK + "Password must have numeric characters"),
    ("SignUp", sign_up(Password="CorrectHorse8x"), WEAK + "Password must have symbol characters"),
    ("SignUp", sign_up(UserAttributes=attributes(sub="x")), INVALID + "Cannot modify the non-mutable attribute sub"),
    ("SignUp", sign_up(UserAttributes=attributes(cognito__groups="editors")), UNWRITABLE),
    ("SignUp", sign_up(UserAttributes=attributes(cognito__preferred_role="arn:aws:iam::1:role/e")), UNWRITABLE),
    ("SignUp", sign_up(UserAttributes=attributes(email_verified="true")), UNWRITABLE),
    ("SignUp", sign_up(ClientId="wide", UserAttributes=attributes(email_verified="true")), UNWRITABLE),
    ("SignUp", sign_up(UserAttributes=attributes(exp="9999999999")), UNWRITABLE),
    ("SignUp", sign_up(UserAttributes=attributes(custom__level="5")), UNWRITABLE),
    ("SignUp", sign_up(UserAttributes=attributes(identities="[]")), UNWRITABLE),
    ("SignUp", sign_up(ClientId="narrow", UserAttributes=attributes(email="z@example.com")), UNWRITABLE),
    ("SignUp", sign_up(ClientId="narrow", UserAttributes=attributes(name="Zoe")), "allowed"),
    ("SignUp", sign_up(ClientId="wide", UserAttributes=attributes(custom__level="5")), "allowed"),
    ("SignUp", sign_up(ClientId="wide", UserAttributes=attributes(custom__level="11")),
     SCHEMA + "custom:level: Attribute value must not be greater than 10\n"),
    ("SignUp", sign_up(ClientId="wide", UserAttributes=attributes(custom__level="high")),
     SCHEMA + "custom:level: Attribute must be a number.\n"),
    ("SignUp", sign_up(ClientId="wide", UserAttributes=attributes(custom__team="x" * 9)),
     SCHEMA + "custom:team: String must be shorter than 8 characters\n"),
    ("SignUp", sign_up(UserAttributes=attributes(email="nowhere")), INVALID + "Invalid email address format."),
    ("SignUp", sign_up(UserAttributes=attributes(phone_number="0123")), INVALID + "Invalid phone number format."),
    ("SignUp", sign_up(UserAttributes=[*attributes(name="a"), *attributes(name="b")]),
     INVALID + "Attribute name was given more than once."),
    ("SignUp", sign_up(Username="alice"), "UsernameExistsException: User already exists"),
    ("SignUp", sign_up(), "allowed"),
    ("ConfirmSignUp", {"ClientId": "app", "Username": "bob"}, INVALID + NULL.format("confirmationCode")),
    ("ConfirmSignUp", {"ClientId": "nobodys", "Username": "bob", "ConfirmationCode": "1"}, NO_CLIENT),
    ("ConfirmSignUp", {"ClientId": "app", "Username": "nemo", "ConfirmationCode": "1"}, NOT_FOUND),
    ("ConfirmSignUp", {"ClientId": "hiding", "Username": "nemo", "ConfirmationCode": "1"}, MISMATCH),
    ("ConfirmSignUp", {"ClientId": "app", "Username": "bob", "ConfirmationCode": "nope"}, MISMATCH),
    ("ConfirmSignUp", {"ClientId": "app", "Username": "bob", "ConfirmationCode": "<code>"}, "allowed"),
    ("ConfirmSignUp", {"ClientId": "app", "Username": "alice", "ConfirmationCode": "1"},
     DENIED + "User cannot be confirmed. Current status is CONFIRMED"),
    ("ConfirmSignUp", {"ClientId": "app", "Username": "bob", "ConfirmationCode": "1", "Session": SESSION}, NO_SESSION),
    ("ResendConfirmationCode", {"ClientId": "app"}, INVALID + NULL.format("username")),
    ("ResendConfirmationCode", {"ClientId": "app", "Username": "nemo"}, NOT_FOUND),
    ("ResendConfirmationCode", {"ClientId": "hiding", "Username": "nemo"}, "allowed"),
    ("ResendConfirmationCode", {"ClientId": "app", "Username": "alice"}, INVALID + "User is already confirmed."),
    ("ResendConfirmationCode", {"ClientId": "app", "Username": "bob"}, "allowed"),
    ("ForgotPassword", {"ClientId": "app"}, INVALID + NULL.format("username")),
    ("ForgotPassword", {"ClientId": "nobodys", "Username": "alice"}, NO_CLIENT),
    ("ForgotPassword", {"ClientId": "app", "Username": "nemo"}, NOT_FOUND),
    ("ForgotPassword", {"ClientId": "hiding", "Username": "nemo"}, "allowed"),
    ("ForgotPassword", {"ClientId": "app", "Username": "dave"}, DENIED + "User is disabled."),
    ("ForgotPassword", {"ClientId": "app", "Username": "carol"},
     DENIED + "User password cannot be reset in the current state."),
    ("ForgotPassword", {"ClientId": "app", "Username": "bob"},
     INVALID + "Cannot reset password for the user as there is no registered/verified email or phone_number"),
    ("ForgotPassword", {"ClientId": "app", "Username": "alice"}, "allowed"),
    ("ConfirmForgotPassword", {"ClientId": "app", "Username": "alice", "ConfirmationCode": "1"},
     INVALID + NULL.format("password")),
    ("ConfirmForgotPassword",
     {"ClientId": "app", "Username": "alice", "ConfirmationCode": "654321", "Password": GOOD}, EXPIRED),
    ("ConfirmForgotPassword",
     {"ClientId": "app", "Username": "alice", "ConfirmationCode": "1", "Password": "short"},
     WEAK + "Password not long enough"),
    ("ConfirmForgotPassword",
     {"ClientId": "hiding", "Username": "nemo", "ConfirmationCode": "1", "Password": GOOD}, MISMATCH),
]  # fmt: skip

BEGIN: Final[list[Row]] = [
    ("InitiateAuth", {"ClientId": "app"}, INVALID + NULL.format("authFlow")),
    ("InitiateAuth", start("BY_MAGIC"),
     INVALID + "1 validation error detected: Value 'BY_MAGIC' at 'authFlow' failed to satisfy constraint: Member must "
     "satisfy enum value set: [USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, "
     "USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, USER_AUTH]"),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", "nobodys"), NO_CLIENT),
    ("InitiateAuth", start("ADMIN_USER_PASSWORD_AUTH"), INVALID + "Initiate Auth method not supported."),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", "plain", USERNAME="alice", PASSWORD=GOOD),
     INVALID + "USER_PASSWORD_AUTH flow not enabled for this client"),
    ("InitiateAuth", start("USER_AUTH", "plain", USERNAME="alice"),
     INVALID + "USER_AUTH is not enabled for the client."),
    ("InitiateAuth", start("CUSTOM_AUTH", "narrow", USERNAME="alice"),
     INVALID + "CUSTOM_AUTH is not enabled for the client."),
    ("InitiateAuth", start("USER_SRP_AUTH", "narrow", USERNAME="alice", SRP_A="ab"),
     INVALID + "USER_SRP_AUTH is not enabled for the client."),
    ("InitiateAuth", start("USER_PASSWORD_AUTH"), INVALID + "Missing required parameter USERNAME"),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="alice"), INVALID + "Missing required parameter PASSWORD"),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="nemo", PASSWORD=GOOD), NO_USER),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", "hiding", USERNAME="nemo", PASSWORD=GOOD), WRONG),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD=GOOD), WRONG),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="<sub>", PASSWORD="<password>"), NO_USER),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="bob", PASSWORD=GOOD),
     "UserNotConfirmedException: User is not confirmed."),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="dave", PASSWORD=GOOD), DENIED + "User is disabled."),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="erin", PASSWORD=GOOD), WRONG),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="erin", PASSWORD="<password>"),
     "PasswordResetRequiredException: Password reset required for the user"),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD="<password>"), "allowed"),
    ("InitiateAuth", start("USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD="<password>", DEVICE_KEY="us-east-1_no"),
     MISSING + "Device does not exist."),
    ("InitiateAuth", start("USER_SRP_AUTH", USERNAME="alice"), INVALID + "Missing required parameter SRP_A"),
    ("InitiateAuth", start("USER_SRP_AUTH", USERNAME="alice", SRP_A="xyz"),
     INVALID + "1 validation error detected: Value 'xyz' at 'sRPA' failed to satisfy constraint: Member must satisfy "
     "regular expression pattern: ^[0-9a-fA-F]+$"),
    ("InitiateAuth", start("USER_SRP_AUTH", USERNAME="nemo", SRP_A="ab"), NO_USER),
    ("InitiateAuth", start("USER_SRP_AUTH", "hiding", USERNAME="nemo", SRP_A="ab"), "allowed"),
    ("InitiateAuth", start("CUSTOM_AUTH", USERNAME="alice"),
     INVALID + "Custom auth lambda trigger is not configured for the user pool."),
    ("InitiateAuth", start("USER_AUTH", USERNAME="nemo"), NO_USER),
    ("InitiateAuth", start("USER_AUTH", USERNAME="alice"), "allowed"),
    ("InitiateAuth", {**start("USER_AUTH", USERNAME="alice"), "Session": SESSION}, NO_SESSION),
    ("InitiateAuth", start("REFRESH_TOKEN_AUTH"), INVALID + "Missing required parameter REFRESH_TOKEN"),
    ("InitiateAuth", start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN="x.y.z"), DENIED + "Invalid Refresh Token"),
    ("InitiateAuth", start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN="<alice>"), DENIED + "Invalid Refresh Token"),
    ("InitiateAuth", start("REFRESH_TOKEN_AUTH", "hiding", REFRESH_TOKEN="<refresh>"),
     DENIED + "Refresh Token has different Client"),
    ("InitiateAuth", start("REFRESH_TOKEN_AUTH", "narrow", REFRESH_TOKEN="<refresh>"),
     INVALID + "REFRESH_TOKEN_AUTH is not enabled for the client."),
    ("InitiateAuth", start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN="<refresh>"), "allowed"),
    ("AdminInitiateAuth", start("ADMIN_USER_PASSWORD_AUTH"), INVALID + NULL.format("userPoolId")),
    ("AdminInitiateAuth", {"UserPoolId": "us-east-1_Nowhere", **start("ADMIN_USER_PASSWORD_AUTH")}, NO_POOL),
    ("AdminInitiateAuth", {"UserPoolId": "<pool>", **start("ADMIN_USER_PASSWORD_AUTH", "nobodys")}, NO_CLIENT),
    ("AdminInitiateAuth", {"UserPoolId": "<pool>", **start("USER_PASSWORD_AUTH")},
     INVALID + "Initiate Auth method not supported."),
    ("AdminInitiateAuth", {"UserPoolId": "<pool>", **start("ADMIN_USER_PASSWORD_AUTH", "plain")},
     INVALID + "Auth flow not enabled for this client"),
    ("AdminInitiateAuth",
     {"UserPoolId": "<pool>", **start("ADMIN_USER_PASSWORD_AUTH", USERNAME="alice", PASSWORD="<password>")}, "allowed"),
    ("GetTokensFromRefreshToken", {"ClientId": "app"}, INVALID + NULL.format("refreshToken")),
    ("GetTokensFromRefreshToken", {"ClientId": "nobodys", "RefreshToken": "x"}, NO_CLIENT),
    ("GetTokensFromRefreshToken", {"ClientId": "app", "RefreshToken": "x"}, DENIED + "Invalid Refresh Token"),
    ("GetTokensFromRefreshToken", {"ClientId": "secret", "RefreshToken": "x"}, DENIED + "Client secret is missing"),
    ("GetTokensFromRefreshToken", {"ClientId": "app", "RefreshToken": "<refresh>"}, "allowed"),
    ("RevokeToken", {"ClientId": "app"}, INVALID + NULL.format("token")),
    ("RevokeToken", {"ClientId": "app", "Token": "<alice>"}, "UnsupportedTokenTypeException: Unsupported token type"),
    ("RevokeToken", {"ClientId": "hiding", "Token": "<refresh>"},
     "UnauthorizedException: Token is not issued to the client"),
    ("RevokeToken", {"ClientId": "lasting", "Token": "<refresh>"},
     "UnsupportedOperationException: Token revocation is not enabled for the client."),
    ("RevokeToken", {"ClientId": "app", "Token": "<refresh>"}, "allowed"),
]  # fmt: skip

CHALLENGES: Final[list[Row]] = [
    ("RespondToAuthChallenge", {"ClientId": "app"}, INVALID + NULL.format("challengeName")),
    ("RespondToAuthChallenge", {**respond("MFA_SETUP"), "ClientId": "nobodys"}, NO_CLIENT),
    ("RespondToAuthChallenge", respond("MFA_SETUP", session="short"),
     INVALID + LONG.format("session", "greater than or equal to 20")),
    ("RespondToAuthChallenge", respond("WEB_AUTHN", USERNAME="alice"),
     INVALID + "WEB_AUTHN is not supported by this operation."),
    ("RespondToAuthChallenge", respond("ADMIN_NO_SRP_AUTH", USERNAME="alice"),
     INVALID + "ADMIN_NO_SRP_AUTH is not supported by this operation."),
    *[("RespondToAuthChallenge", respond(name), INVALID + "Missing required parameter USERNAME")
      for name in ("NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SELECT_CHALLENGE")],
    *[("RespondToAuthChallenge", respond(name, session=None, USERNAME="alice"),
       INVALID + "Missing required parameter Session")
      for name in ("NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "CUSTOM_CHALLENGE")],
    *[("RespondToAuthChallenge",
       respond(name, USERNAME="alice", NEW_PASSWORD=GOOD, PASSWORD="<password>", ANSWER="PASSWORD", SRP_A="ab",
               SOFTWARE_TOKEN_MFA_CODE="1", SMS_MFA_CODE="1", EMAIL_OTP_CODE="1", SMS_OTP_CODE="1", DEVICE_KEY="a"),
       NO_SESSION)
      for name in ("NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP", "SMS_OTP",
                   "CUSTOM_CHALLENGE", "SELECT_CHALLENGE", "SELECT_MFA_TYPE", "PASSWORD", "PASSWORD_SRP",
                   "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER")],
    ("AdminRespondToAuthChallenge",
     {"UserPoolId": "<pool>", **respond("NEW_PASSWORD_REQUIRED", USERNAME="alice", NEW_PASSWORD=GOOD)}, NO_SESSION),
    ("RespondToAuthChallenge", respond("PASSWORD_VERIFIER", session=None),
     INVALID + "Missing required parameter challenge responses."),
    ("RespondToAuthChallenge", respond("PASSWORD_VERIFIER", session=None, USERNAME="alice"),
     INVALID + "Missing required parameter TIMESTAMP"),
    ("RespondToAuthChallenge",
     respond("PASSWORD_VERIFIER", session=None, USERNAME="alice", TIMESTAMP="now", PASSWORD_CLAIM_SIGNATURE="AAAA",
             PASSWORD_CLAIM_SECRET_BLOCK="AAAA"),
     INVALID + "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."),
    ("RespondToAuthChallenge",
     respond("PASSWORD_VERIFIER", session=None, USERNAME="alice", TIMESTAMP="Sat Nov 28 18:00:00 UTC 2026",
             PASSWORD_CLAIM_SIGNATURE="?", PASSWORD_CLAIM_SECRET_BLOCK="AAAA"),
     INVALID + "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."),
    ("RespondToAuthChallenge",
     respond("PASSWORD_VERIFIER", session=None, USERNAME="alice", TIMESTAMP="Sat Nov 28 18:00:00 UTC 2026",
             PASSWORD_CLAIM_SIGNATURE="AAAA", PASSWORD_CLAIM_SECRET_BLOCK="AAAA"), WRONG),
    ("AssociateSoftwareToken", {}, INVALID + "Missing required parameter AccessToken"),
    ("AssociateSoftwareToken", own("x.y.z"), FORGED),
    ("AssociateSoftwareToken", {"Session": SESSION}, NO_SESSION),
    ("AssociateSoftwareToken", own(Session=SESSION), INVALID + "Only one of AccessToken and Session may be given."),
    ("AssociateSoftwareToken", own(), "allowed"),
    ("VerifySoftwareToken", own(), INVALID + NULL.format("userCode")),
    ("VerifySoftwareToken", own(UserCode="abcdef"), INVALID + PATTERN.format("userCode", "[0-9]+")),
    ("VerifySoftwareToken", {"UserCode": "123456"}, INVALID + "Missing required parameter AccessToken"),
    ("VerifySoftwareToken", {"UserCode": "123456", "Session": SESSION}, NO_SESSION),
    ("VerifySoftwareToken", own(UserCode="123456"),
     "SoftwareTokenMFANotFoundException: No software token is associated with the user."),
]  # fmt: skip
