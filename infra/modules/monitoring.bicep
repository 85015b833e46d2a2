metadata name = 'Monitoring'
metadata description = 'Logs and figures. What the app sends holds no name; the host keeps the path of each request. Addresses of callers are masked.'

@description('Required. Name of the Log Analytics workspace.')
param workspaceName string

@description('Required. Name of the Application Insights component.')
param insightsName string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Days for which everything is kept.')
param retentionInDays int

@description('Required. Object id of the identity that may send figures.')
param publisherPrincipalId string

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionInDays
    features: {
      enableLogAccessUsingOnlyResourcePermissions: true
      disableLocalAuth: true
    }
  }
}

// Sampling is the app's own (host.json): here it would also thin out the figures that the alerts go by.
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableIpMasking: false
    DisableLocalAuth: true
    RetentionInDays: retentionInDays
    SamplingPercentage: 100
  }
}

resource publishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, publisherPrincipalId, monitoringMetricsPublisher)
  scope: insights
  properties: {
    principalId: publisherPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Name of the component. Its connection string is read where it is used, and is no output.')
output insightsName string = insights.name
