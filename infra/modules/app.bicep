// The Functions app on Flex Consumption: no instances while nobody calls, as many as it takes when they do.
param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string
param deploymentContainer string
param storagePrefix string

@description('Empty where telemetry goes to an OpenTelemetry collector.')
param insightsConnection string

@description('The collector; empty where telemetry goes to Application Insights.')
param otlpEndpoint string

param otlpProtocol string
param otlpHeaders string
param instanceMemoryMB int
param maximumInstanceCount int
param zoneRedundant bool
param appSubnetId string
param sweepSchedule string
param monitorPassSchedule string
param inboxMaxBytes string
param storageMaxRetries int
param storageRetryDelay string
param storageMaxRetryDelay string
param collectSchedule string
param updateStrategy string

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

// Names with two underscores are sections; docs/azure.md has the table. These are all the app's settings: each deployment writes the whole set,
// and what was set by hand is gone. So whatever an operator may choose is a parameter.
var settings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  Inbox__blobServiceUri: 'https://${storageName}.blob.${environment().suffixes.storage}'
  Inbox__queueServiceUri: 'https://${storageName}.queue.${environment().suffixes.storage}'
  Inbox__credential: 'managedidentity'
  Inbox__clientId: identityClientId
  Inbox__MaxBytes: inboxMaxBytes
  AzureStorage__AccountName: storageName
  AzureStorage__EndpointSuffix: environment().suffixes.storage
  AzureStorage__IdentityClientId: identityClientId
  AzureStorage__Prefix: storagePrefix
  AzureStorage__MaxRetries: '${storageMaxRetries}'
  AzureStorage__RetryDelay: storageRetryDelay
  AzureStorage__MaxRetryDelay: storageMaxRetryDelay
  // The hub's tables begin with it: a capital first, as no prefix has, so that they never pass for the stores'.
  TaskHub: 'Hub${storagePrefix}'
  Schedules__Sweep: sweepSchedule
  Schedules__MonitorPass: monitorPassSchedule
  Schedules__Collect: collectSchedule
}

// Logs and traces go to one of two places. The host sends them, the worker's among them; neither samples: host.json turns that off for
// Application Insights, and a collector gets everything unless its own rules say otherwise.
var telemetry = empty(otlpEndpoint) ? {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
} : {
  // What host.json has no entry for, so that one package serves both.
  AzureFunctionsJobHost__telemetryMode: 'OpenTelemetry'
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
  OTEL_EXPORTER_OTLP_PROTOCOL: otlpProtocol
}

var telemetryHeaders = empty(otlpEndpoint) || empty(otlpHeaders) ? {} : {
  OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // A setting may be a reference to a vault's secret: it is read as the same identity.
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(appSubnetId) ? null : appSubnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
      // Of this API version by its documentation, though Bicep's types do not know it yet.
      #disable-next-line BCP037
      siteUpdateStrategy: {
        type: updateStrategy
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: [for setting in items(union(settings, telemetry, telemetryHeaders)): {
        name: setting.key
        value: setting.value
      }]
    }
  }
}

// Packages come by identity: no user name and password publishes, over neither of the two ways.
resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
  // One change of an app at a time.
  dependsOn: [scmPasswords]
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
