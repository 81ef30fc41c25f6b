import { STSClient } from "@aws-sdk/client-sts";
import { marshall } from "@aws-sdk/util-dynamodb";

export const handler = async () => ({ client: STSClient.name, item: marshall({ id: 1 }) });
