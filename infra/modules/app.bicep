// The Functions app on Flex Consumption: no instances while nobody calls, as many as it takes when they do.
param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string
param deploymentContainer string
param storagePrefix string
param insightsConnection string
param instanceMemoryMB int
param maximumInstanceCount int
param zoneRedundant bool
param appSubnetId string
param sweepSchedule string
param monitorPassSchedule string
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

// Names with two underscores are sections; docs/azure.md has the table.
var settings = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  Inbox__blobServiceUri: 'https://${storageName}.blob.${environment().suffixes.storage}'
  Inbox__queueServiceUri: 'https://${storageName}.queue.${environment().suffixes.storage}'
  Inbox__credential: 'managedidentity'
  Inbox__clientId: identityClientId
  AzureStorage__AccountName: storageName
  AzureStorage__EndpointSuffix: environment().suffixes.storage
  AzureStorage__IdentityClientId: identityClientId
  AzureStorage__Prefix: storagePrefix
  // The hub's tables begin with it: a capital first, as no prefix has, so that they never pass for the stores'.
  TaskHub: 'Hub${storagePrefix}'
  Schedules__Sweep: sweepSchedule
  Schedules__MonitorPass: monitorPassSchedule
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
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
      siteUpdateStrategy: {
        type: updateStrategy
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: [for setting in items(settings): {
        name: setting.key
        value: setting.value
      }]
    }
  }
}

// Packages come by identity: no user name and password publishes, over neither of the two ways.
@batchSize(1)
resource passwords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = [for way in ['scm', 'ftp']: {
  parent: app
  name: way
  properties: {
    allow: false
  }
}]

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
