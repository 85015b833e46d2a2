metadata name = 'Identity'
metadata description = 'Who the app is, to everything it uses. No secret belongs to it.'

@description('Required. Name of the user-assigned identity.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id.')
output id string = identity.id

@description('Name, which is also the name of its user in the database.')
output name string = identity.name

@description('Client id, by which a program asks for it.')
output clientId string = identity.properties.clientId

@description('Object id, to which roles are given.')
output principalId string = identity.properties.principalId
