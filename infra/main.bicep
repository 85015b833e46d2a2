metadata name = 'rp-connect'
metadata description = 'Everything that one installation of rp-connect needs in a resource group of its own.'

targetScope = 'resourceGroup'

@description('Required. Short name of the school or trust, from which every resource is named: a-z and 0-9.')
@minLength(2)
@maxLength(10)
param name string

@description('Optional. Which of several installations of the same name this is.')
@allowed([
  'prod'
  'test'
])
param environmentName string = 'prod'

@description('Optional. Where the data of children is kept. It should be the region that the trust has agreed on.')
param location string = resourceGroup().location

@description('Optional. Tags of every resource.')
param tags object = {}

@description('Required. The Entra group whose members administer the database. Nobody has a password.')
param databaseAdministrators object

@description('Required. Who is written to when something needs a person: addresses of a team, not of one person.')
param alertEmails array

@description('Required. What a month may cost, in the currency of the subscription.')
@minValue(1)
param monthlyBudget int

@description('Required. First day of the month in which the budget begins, as 2027-01-01. Never changed afterwards.')
param budgetStart string

@description('Optional. Whether storage, vault and database leave the internet for a network of their own.')
param privateNetworking bool = true

@description('Optional. Addresses of that network, which nothing else uses.')
param addressPrefix string = '10.60.0.0/24'

@description('Optional. The part of them from which the app calls out.')
param appPrefix string = '10.60.0.0/25'

@description('Optional. The part of them for the private endpoints.')
param endpointPrefix string = '10.60.0.192/26'

@description('Optional. Addresses (of a network that is joined to this one) from which people reach vault and database.')
param adminPrefix string = ''

@description('Optional. Size of the database server.')
param databaseSku object = {
  name: 'Standard_B2s'
  tier: 'Burstable'
}

@description('Optional. Storage of the database, in GB.')
param databaseStorageGB int = 32

@description('Optional. Whether a second server in another zone takes over. Not for burstable servers.')
@allowed([
  'Disabled'
  'ZoneRedundant'
])
param databaseHighAvailability string = 'Disabled'

@description('Optional. For how many days the database can be put back to any moment.')
@minValue(7)
@maxValue(35)
param backupDays int = 35

@description('Optional. How many copies of the app there may be at once.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Optional. Requests of pages that each copy answers at once; more make a further copy.')
@minValue(1)
@maxValue(100)
param httpConcurrency int = 16

@description('Optional. Memory of each copy, in MB.')
@allowed([
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Optional. Connections to the database that each copy keeps; it opens up to three more for locks. (This + 3) x maximumInstanceCount must stay below what the server takes.')
@minValue(2)
@maxValue(20)
param databaseConnections int = 4

@description('Optional. For how many days logs and figures are kept. They hold no name, but the paths of requests.')
@minValue(30)
@maxValue(730)
param logDays int = 90

@description('Optional. How many hours a school may go without a successful reading of its MIS.')
@minValue(1)
param syncAgeHours int = 24

var suffix = '${name}-${environmentName}'
var unique = take(uniqueString(resourceGroup().id, name, environmentName), 6)
var access = privateNetworking ? 'Disabled' : 'Enabled'
var otherwise = privateNetworking ? 'Deny' : 'Allow'
var allTags = union(tags, {
  application: 'rp-connect'
  environment: environmentName
  'data-classification': 'personal data of children'
})

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: 'id-rpconnect-${suffix}'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: 'log-rpconnect-${suffix}'
    insightsName: 'appi-rpconnect-${suffix}'
    location: location
    tags: allTags
    retentionInDays: logDays
    publisherPrincipalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'network'
  params: {
    name: 'vnet-rpconnect-${suffix}'
    location: location
    tags: allTags
    addressPrefix: addressPrefix
    appPrefix: appPrefix
    endpointPrefix: endpointPrefix
    adminPrefix: adminPrefix
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: take('strpc${name}${environmentName}${unique}', 24)
    location: location
    tags: allTags
    publicNetworkAccess: access
    defaultAction: otherwise
    userPrincipalId: identity.outputs.principalId
  }
}

module vault 'modules/key-vault.bicep' = {
  name: 'vault'
  params: {
    name: take('kv-rpc-${name}-${unique}', 24)
    location: location
    tags: allTags
    publicNetworkAccess: access
    defaultAction: otherwise
    readerPrincipalId: identity.outputs.principalId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module database 'modules/database.bicep' = {
  name: 'database'
  params: {
    name: 'psql-rpconnect-${suffix}-${unique}'
    location: location
    tags: allTags
    sku: databaseSku
    storageSizeGB: databaseStorageGB
    highAvailability: databaseHighAvailability
    backupRetentionDays: backupDays
    publicNetworkAccess: access
    administrators: databaseAdministrators
    workspaceId: monitoring.outputs.workspaceId
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (privateNetworking) {
  name: 'endpoints'
  params: {
    location: location
    tags: allTags
    subnetId: privateNetworking ? network.outputs.endpointSubnetId : ''
    networkId: privateNetworking ? network.outputs.id : ''
    services: [
      {
        name: 'blob'
        resourceId: storage.outputs.id
        zone: 'privatelink.blob.${environment().suffixes.storage}'
      }
      {
        name: 'queue'
        resourceId: storage.outputs.id
        zone: 'privatelink.queue.${environment().suffixes.storage}'
      }
      {
        name: 'vault'
        resourceId: vault.outputs.id
        zone: 'privatelink.vaultcore.azure.net'
      }
      {
        name: 'postgresqlServer'
        resourceId: database.outputs.id
        zone: 'privatelink.postgres.database.azure.com'
      }
    ]
  }
}

module app 'modules/function-app.bicep' = {
  name: 'app'
  params: {
    name: 'func-rpconnect-${suffix}-${unique}'
    planName: 'asp-rpconnect-${suffix}'
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    identityName: identity.outputs.name
    storageName: storage.outputs.name
    packageContainer: storage.outputs.packageContainer
    vaultUri: vault.outputs.uri
    insightsName: monitoring.outputs.insightsName
    databaseHost: database.outputs.host
    databaseName: database.outputs.databaseName
    databaseConnections: databaseConnections
    subnetId: privateNetworking ? network.outputs.appSubnetId : ''
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    httpConcurrency: httpConcurrency
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    suffix: suffix
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
    syncAgeHours: syncAgeHours
  }
}

module budget 'modules/budget.bicep' = {
  name: 'budget'
  params: {
    name: 'budget-rpconnect-${suffix}'
    amount: monthlyBudget
    startDate: budgetStart
    emails: alertEmails
  }
}

@description('The app that `func azure functionapp publish` and `az functionapp deployment` know.')
output appName string = app.outputs.name

@description('Where its pages are.')
output appUrl string = app.outputs.url

@description('Which queue account the doorbell rings in.')
output storageName string = storage.outputs.name

@description('Where the secrets go that rp-connect.toml names as keyvault:NAME.')
output vaultName string = vault.outputs.name

@description('The database server; its users are in Entra.')
output databaseHost string = database.outputs.host

@description('The name under which the app signs in to the database: make it a user there once.')
output databaseUser string = identity.outputs.name

@description('Which identity the grants in Microsoft 365 are for.')
output identityClientId string = identity.outputs.clientId
