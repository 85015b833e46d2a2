metadata name = 'Function app'
metadata description = 'Flex Consumption, Python 3.11. Every setting is an address or a name; none is a secret.'

@description('Required. Name of the app.')
param name string

@description('Required. Name of its plan.')
param planName string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Resource id of the user-assigned identity.')
param identityId string

@description('Required. Client id of that identity.')
param identityClientId string

@description('Required. Name of that identity, which is its name in the database too.')
param identityName string

@description('Required. Storage account of doorbell and package.')
param storageName string

@description('Required. Container of the package.')
param packageContainer string

@description('Required. Address of the vault.')
param vaultUri string

@description('Required. Application Insights component.')
param insightsName string

@description('Required. Host name of the database server.')
param databaseHost string

@description('Required. Name of the database.')
param databaseName string

@description('Required. Connections that each copy of the app keeps.')
param databaseConnections int

@description('Required. Subnet for calls out; empty without private networking.')
param subnetId string

@description('Required. How many copies at most.')
param maximumInstanceCount int

@description('Required. Memory of each copy in MB.')
param instanceMemoryMB int

@description('Required. Requests that each copy answers at once.')
param httpConcurrency int

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  // checkov:skip=CKV_AZURE_212: Flex Consumption counts its copies itself
  // checkov:skip=CKV_AZURE_225: it spreads them over zones itself, or not at all
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  // checkov:skip=CKV_AZURE_212: Flex Consumption counts its copies itself
  // checkov:skip=CKV_AZURE_213: it replaces copies that do not answer; ours is asked from outside
  // checkov:skip=CKV_AZURE_17: people and webhooks have no certificates; they sign in, or prove themselves
  // checkov:skip=CKV_AZURE_222: the pages are for people outside of the network, behind a sign-in
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
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.11'
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
    siteConfig: {
      appSettings: [
        {
          name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING'
          value: 'ClientId=${identityClientId};Authorization=AAD'
        }
        {
          name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
          value: insights.properties.ConnectionString
        }
        {
          name: 'AZURE_CLIENT_ID'
          value: identityClientId
        }
        {
          name: 'AzureWebJobsStorage__blobServiceUri'
          value: storage.properties.primaryEndpoints.blob
        }
        {
          name: 'AzureWebJobsStorage__clientId'
          value: identityClientId
        }
        {
          name: 'AzureWebJobsStorage__credential'
          value: 'managedidentity'
        }
        {
          name: 'AzureWebJobsStorage__queueServiceUri'
          value: storage.properties.primaryEndpoints.queue
        }
        {
          name: 'RP_CONNECT_CONFIG'
          value: '/home/site/wwwroot/rp-connect.toml'
        }
        {
          name: 'RP_CONNECT_KEY_VAULT'
          value: vaultUri
        }
        {
          name: 'RP_CONNECT_QUEUE__clientId'
          value: identityClientId
        }
        {
          name: 'RP_CONNECT_QUEUE__credential'
          value: 'managedidentity'
        }
        {
          name: 'RP_CONNECT_QUEUE__queueServiceUri'
          value: storage.properties.primaryEndpoints.queue
        }
        {
          name: 'RP_CONNECT_STORE'
          value: 'postgresql+psycopg://${identityName}@${databaseHost}/${databaseName}?auth=managed_identity&connections=${databaseConnections}'
        }
      ]
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      remoteDebuggingEnabled: false
    }
  }
}

resource noPasswordForFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noPasswordForPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

@description('Name.')
output name string = app.name

@description('Where its pages are.')
output url string = 'https://${app.properties.defaultHostName}'
