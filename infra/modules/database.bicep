metadata name = 'Database'
metadata description = 'PostgreSQL. People and the app sign in with Entra; passwords are switched off.'

@description('Required. Name of the server.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Size: name and tier.')
param sku object

@description('Required. Storage in GB.')
param storageSizeGB int

@description('Required. Disabled, or ZoneRedundant.')
param highAvailability string

@description('Required. Days for which any moment can be put back.')
param backupRetentionDays int

@description('Optional. Whether it can be reached from the internet (with an identity all the same).')
@allowed([
  'Disabled'
  'Enabled'
])
param publicNetworkAccess string = 'Disabled'

@description('Required. objectId and name of the Entra group of administrators.')
param administrators object

@description('Required. Resource id of the workspace that keeps its log.')
param workspaceId string

var databaseNameOfApp = 'rp_connect'

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: sku
  properties: {
    version: '16'
    createMode: 'Default'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: subscription().tenantId
    }
    backup: {
      backupRetentionDays: backupRetentionDays
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: highAvailability
    }
    network: {
      publicNetworkAccess: publicNetworkAccess
    }
    storage: {
      storageSizeGB: storageSizeGB
      autoGrow: 'Enabled'
    }
  }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01' = {
  parent: server
  name: databaseNameOfApp
  properties: {
    charset: 'UTF8'
    collation: 'en_US.utf8'
  }
}

// The server takes one change at a time, so each of these waits for the one before it.
resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = {
  parent: server
  name: administrators.objectId
  properties: {
    principalName: administrators.name
    principalType: 'Group'
    tenantId: subscription().tenantId
  }
  dependsOn: [
    database
  ]
}

// Flex Consumption has no addresses of its own that a rule could name. An identity is needed all the same.
resource azure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (publicNetworkAccess == 'Enabled') {
  parent: server
  name: 'azure-services'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
  dependsOn: [
    administrator
  ]
}

resource slow 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'log_parameter_max_length'
  properties: {
    value: '0'
    source: 'user-override'
  }
  dependsOn: [
    administrator
  ]
}

resource quiet 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'log_parameter_max_length_on_error'
  properties: {
    value: '0'
    source: 'user-override'
  }
  dependsOn: [
    slow
  ]
}

resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'figures'
  scope: server
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Resource id.')
output id string = server.id

@description('Host name.')
output host string = server.properties.fullyQualifiedDomainName

@description('Name of the database.')
output databaseName string = database.name
