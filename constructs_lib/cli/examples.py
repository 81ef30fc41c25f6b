"""One example of each command, for its help and for the message about a missing argument."""

from typing import Final

EXAMPLES: Final[dict[str, str]] = {
    "init": "cognito-app init ../my-app --template documents",
    "up": "cognito-app up --watch --app 'python app.py'",
    "down": "cognito-app down",
    "console": "cognito-app console",
    "status": "cognito-app status --format json",
    "messages": "cognito-app messages alice@example.com",
    "try": "cognito-app try --coverage",
    "matrix": "cognito-app matrix cdk.out --actions",
    "prove": "cognito-app prove cdk.out --owned Documents",
    "why": "cognito-app why cdk.out --as user 'get Documents private/{other}/diary.txt'",
    "diff": "cognito-app diff old.template.json new.template.json",
    "replacements": "cognito-app replacements stack:Documents-dev cdk.out",
    "review": "cognito-app review old.template.json new.template.json",
    "deploy-role": "cognito-app deploy-role cdk.out --account 111122223333 --region eu-central-1 --into policies",
    "verify": "cognito-app verify --local --report run.html",
    "outputs": "cognito-app outputs Documents-dev --out src",
    "doctor": "cognito-app doctor",
}
