// Decides requests with @cloud-copilot/iam-simulate, which is AGPL: a process of its own, in tests only.
// argv[2]: the folder it is installed in; stdin: a JSON list of cases; stdout: a JSON list of true and false.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const packages = pathToFileURL(`${process.argv[2]}/node_modules/@cloud-copilot/`)
const load = (path) => import(new URL(path, packages))
const { authorize } = await load('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = await load('iam-simulate/dist/esm/request/request.js')
const { RequestContextImpl } = await load('iam-simulate/dist/esm/requestContext.js')
const { DiscoveryContextKeyConstraints } = await load(
  'iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js')
const { loadPolicy } = await load('iam-policy/dist/esm/index.js')

const named = (document, name) => (document ? loadPolicy(document, { name }) : undefined)
const everything = named({ Version: '2012-10-17', Statement: [
  { Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }] }, 'everything')

const decide = ({ principal, action, resource, context, identity, boundary, session, policy }) => {
  const where = { resource, accountId: '111111111111' }
  const request = new AwsRequestImpl(principal, where, action, new RequestContextImpl(context), false)
  const answer = authorize({
    request,
    identityPolicies: [named(identity, 'identity')],
    permissionBoundaries: boundary ? [named(boundary, 'boundary')] : undefined,
    sessionPolicy: named(session, 'session'),
    resourcePolicy: named(policy, 'resource'),
    serviceControlPolicies: [],
    resourceControlPolicies: [{ orgIdentifier: 'o', policies: [everything] }],
    vpcEndpointPolicies: undefined,
    simulationParameters: { simulationMode: 'Strict', discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]) },
  })
  return answer.result === 'Allowed'
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(decide)))
