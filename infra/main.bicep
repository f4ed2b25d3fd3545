// Everything that one environment of Perennial needs: 'azd up' runs this at the subscription.
targetScope = 'subscription'

@description('The environment: part of every name.')
@minLength(2)
@maxLength(24)
param environmentName string

@description('The region; Flex Consumption must be offered there.')
param location string

@description('Kept by every resource, besides what azd adds.')
param tags object = {}

@description('What containers and tables begin with.')
@minLength(3)
@maxLength(20)
param storagePrefix string = 'perennial'

@description('Memory of one instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Spreads plan and storage over the region\'s zones, where it has some.')
param zoneRedundant bool = false

@description('Reaches storage by private endpoints only.')
param privateNetwork bool = false

@description('When the app looks for what a lost call left undone; six fields, UTC.')
param sweepSchedule string = '0 */15 * * * *'

@description('When every model gets a monitor pass besides those of its own spec; six fields, UTC.')
param monitorPassSchedule string = '0 0 3 * * *'

@description('The largest file that the inbox takes, in bytes.')
param inboxMaxBytes string = '17179869184'

@description('How often a request to storage that was throttled or lost is sent again.')
@minValue(0)
param storageMaxRetries int = 6

@description('After how long at first, as hh:mm:ss.fff.')
param storageRetryDelay string = '00:00:00.400'

@description('After how long at most, as hh:mm:ss.fff.')
param storageMaxRetryDelay string = '00:00:10'

@description('When what ended long ago is forgotten and artifacts that nothing refers to are removed; six fields, UTC.')
param collectSchedule string = '0 0 5 * * 0'

@description('What a deployment does with instances that run: Recreate stops them and is short; RollingUpdate drains them, where the region offers it.')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string = 'Recreate'

@description('Who may upload to the inbox besides the app, by object id.')
param uploaderId string = ''

@description('Where logs and traces go by OpenTelemetry\'s protocol, e.g. https://collector.example.org:4317; empty makes an Application Insights and sends them there.')
param otlpEndpoint string = ''

@description('How the collector is spoken to.')
@allowed(['grpc', 'http/protobuf'])
param otlpProtocol string = 'grpc'

@description('What the collector asks for, as name=value,name=value. Never a secret itself: a reference to a vault, @Microsoft.KeyVault(SecretUri=...).')
param otlpHeaders string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var allTags = union(tags, { 'azd-env-name': environmentName })

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: {
    name: 'id-${token}'
    location: location
    tags: allTags
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  name: 'network'
  params: {
    name: 'vnet-${token}'
    location: location
    tags: allTags
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  name: 'storage'
  params: {
    name: 'st${token}'
    location: location
    tags: allTags
    zoneRedundant: zoneRedundant
    principalId: identity.outputs.principalId
    uploaderId: uploaderId
    endpointSubnetId: privateNetwork ? network!.outputs.endpointSubnetId : ''
    networkId: privateNetwork ? network!.outputs.networkId : ''
  }
}

module monitoring 'modules/monitoring.bicep' = if (empty(otlpEndpoint)) {
  scope: group
  name: 'monitoring'
  params: {
    name: token
    location: location
    tags: allTags
    principalId: identity.outputs.principalId
  }
}

module app 'modules/app.bicep' = {
  scope: group
  name: 'app'
  params: {
    name: 'func-${token}'
    location: location
    tags: union(allTags, { 'azd-service-name': 'functions' })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    deploymentContainer: storage.outputs.deploymentContainer
    storagePrefix: storagePrefix
    insightsConnection: empty(otlpEndpoint) ? monitoring!.outputs.connection : ''
    otlpEndpoint: otlpEndpoint
    otlpProtocol: otlpProtocol
    otlpHeaders: otlpHeaders
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    zoneRedundant: zoneRedundant
    appSubnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    sweepSchedule: sweepSchedule
    monitorPassSchedule: monitorPassSchedule
    inboxMaxBytes: inboxMaxBytes
    storageMaxRetries: storageMaxRetries
    storageRetryDelay: storageRetryDelay
    storageMaxRetryDelay: storageMaxRetryDelay
    collectSchedule: collectSchedule
    updateStrategy: updateStrategy
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP string = app.outputs.name
output AZURE_STORAGE_ACCOUNT string = storage.outputs.name
output PERENNIAL_URL string = app.outputs.url
