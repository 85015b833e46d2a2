using 'main.bicep'

// One school with a small database. Change what stands in angle brackets.
param name = 'northwick'
param databaseAdministrators = {
  objectId: '<object id of an Entra group>'
  name: '<name of that group>'
}
param alertEmails = [
  'it@northwick.example'
]
param monthlyBudget = 100
param budgetStart = '2027-01-01'
param privateNetworking = false
param databaseConnections = 4
param maximumInstanceCount = 40
param tags = {
  owner: 'it@northwick.example'
}
