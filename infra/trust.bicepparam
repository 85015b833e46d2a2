using 'main.bicep'

// A trust of up to a hundred schools in one tenant. Change what stands in angle brackets.
param name = 'nwtrust'
param databaseAdministrators = {
  objectId: '<object id of an Entra group>'
  name: '<name of that group>'
}
param alertEmails = [
  'it@trust.example'
]
param monthlyBudget = 1000
param budgetStart = '2027-01-01'
param privateNetworking = true
param addressPrefix = '10.60.0.0/24'
param appPrefix = '10.60.0.0/25'
param endpointPrefix = '10.60.0.192/26'
param databaseSku = {
  name: 'Standard_D4ds_v5'
  tier: 'GeneralPurpose'
}
param databaseStorageGB = 256
param databaseHighAvailability = 'ZoneRedundant'
param backupDays = 35
param databaseConnections = 6
param maximumInstanceCount = 60
param tags = {
  owner: 'it@trust.example'
}
