// One account for content, tables, logs, the durable task hub, the inbox and the app's package. No keys: identities only.
param name string
param location string
param tags object
param zoneRedundant bool
param principalId string

@description('Who may upload to the inbox besides the app; nobody else where it is empty.')
param uploaderId string = ''

param endpointSubnetId string
param networkId string

var isPrivate = !empty(endpointSubnetId)

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    // What somebody deletes by mistake comes back for two weeks.
    deleteRetentionPolicy: {
      enabled: true
      days: 14
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 14
    }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'deployments'
}

resource inbox 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'inbox'
}

// The least that works, of data only: none of them may change the account or hand out keys.
var roles = {
  // Blobs: the Functions host asks for Owner, not Contributor, of the account that it keeps its leases and the blob trigger's receipts in. It
  // covers the rest: content, logs, the task hub's leases and large messages, the inbox, the app's package.
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Queues: the task hub makes its control and work-item queues; the blob trigger queues what it failed at.
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  // Tables: the stores' entities, the task hub's instances and histories.
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in items(roles): {
  scope: account
  name: guid(account.id, principalId, role.value)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
  }
}]

// Blob Data Contributor of the one container: enough to upload, nothing of the rest.
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource uploader 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(uploaderId)) {
  scope: inbox
  name: guid(inbox.id, uploaderId, blobDataContributor)
  properties: {
    principalId: uploaderId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

module endpoints 'endpoints.bicep' = if (isPrivate) {
  name: '${name}-endpoints'
  params: {
    storageId: account.id
    storageName: account.name
    location: location
    tags: tags
    subnetId: endpointSubnetId
    networkId: networkId
  }
}

output name string = account.name
output deploymentContainer string = '${account.properties.primaryEndpoints.blob}${packages.name}'
