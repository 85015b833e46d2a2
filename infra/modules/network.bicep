metadata name = 'Network'
metadata description = 'A network for the app\'s calls out, and for the private endpoints of what it uses.'

@description('Required. Name of the network.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Addresses of the whole network.')
param addressPrefix string

@description('Required. The part of them from which the app calls out.')
param appPrefix string

@description('Required. The part of them for the endpoints.')
param endpointPrefix string

@description('Required. Addresses from which people administer vault and database; empty where nobody may.')
param adminPrefix string

var fromTheApp = {
  name: 'from-the-app'
  properties: {
    priority: 100
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourceAddressPrefix: appPrefix
    sourcePortRange: '*'
    destinationAddressPrefix: endpointPrefix
    destinationPortRanges: [
      '443'
      '5432'
    ]
  }
}

var fromAdministrators = {
  name: 'from-administrators'
  properties: {
    priority: 110
    direction: 'Inbound'
    access: 'Allow'
    protocol: 'Tcp'
    sourceAddressPrefix: adminPrefix
    sourcePortRange: '*'
    destinationAddressPrefix: endpointPrefix
    destinationPortRanges: [
      '443'
      '5432'
    ]
  }
}

var nobodyElse = {
  name: 'nobody-else'
  properties: {
    priority: 4096
    direction: 'Inbound'
    access: 'Deny'
    protocol: '*'
    sourceAddressPrefix: '*'
    sourcePortRange: '*'
    destinationAddressPrefix: '*'
    destinationPortRange: '*'
  }
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: empty(adminPrefix) ? [
      fromTheApp
      nobodyElse
    ] : [
      fromTheApp
      fromAdministrators
      nobodyElse
    ]
  }
}

resource appRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-${name}-app'
  location: location
  tags: tags
  properties: {
    securityRules: []
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'snet-app'
        properties: {
          addressPrefix: appPrefix
          networkSecurityGroup: {
            id: appRules.id
          }
          delegations: [
            {
              name: 'functions'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'snet-endpoints'
        properties: {
          addressPrefix: endpointPrefix
          networkSecurityGroup: {
            id: endpointRules.id
          }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

@description('Resource id.')
output id string = network.id

@description('Subnet from which the app calls out.')
output appSubnetId string = '${network.id}/subnets/snet-app'

@description('Subnet of the private endpoints.')
output endpointSubnetId string = '${network.id}/subnets/snet-endpoints'
