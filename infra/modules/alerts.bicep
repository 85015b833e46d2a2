metadata name = 'Alerts'
metadata description = 'What needs a person, told by counts alone. The figures are those of rp_connect/wiring/telemetry.py.'

@description('Required. Ending of every name.')
param suffix string

@description('Required. Region.')
param location string

@description('Required. Tags.')
param tags object

@description('Required. Resource id of the workspace.')
param workspaceId string

@description('Required. Who is written to.')
param emails array

@description('Required. How many hours a school may go without a successful reading of its MIS.')
param syncAgeHours int

var receivers = [for (email, i) in emails: {
  name: 'team-${i}'
  emailAddress: email
  useCommonAlertSchema: true
}]

// A gauge is sent without min and max, and each row is one measurement: its Sum is the figure. Pages that answer
// 5xx are successes of their function: only the code of the answer tells of them.
var rules = [
  {
    name: 'parked'
    description: 'Something that should have been sent waits for a person: rp-connect check says what.'
    severity: 2
    every: 'PT15M'
    over: 'PT15M'
    query: 'AppMetrics | where Name == "rp_connect.effects" and tostring(Properties.state) == "parked" and Sum > 0'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'sync-age'
    description: 'A school has not been read from its MIS for longer than a school day.'
    severity: 1
    every: 'PT1H'
    over: 'PT1H'
    query: 'AppMetrics | where Name == "rp_connect.sync.age" and Sum > ${syncAgeHours * 3600}'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'poison'
    description: 'A message could not be handled five times over, and was set aside.'
    severity: 2
    every: 'PT15M'
    over: 'PT15M'
    query: 'union isfuzzy=true (AppTraces | where Message has "MaxDequeueCount"), (AppMetrics | where Name == "rp_connect.poisoned" and Sum > 0)'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'failures'
    description: 'The app fails again and again.'
    severity: 1
    every: 'PT15M'
    over: 'PT15M'
    query: 'AppRequests | where Success == false or toint(ResultCode) >= 500'
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'silence'
    description: 'The app has said nothing for an hour: the other alerts would not be heard either.'
    severity: 1
    every: 'PT1H'
    over: 'PT1H'
    query: 'AppMetrics | where Name == "rp_connect.effects"'
    operator: 'LessThan'
    threshold: 1
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-rpconnect-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'rp-connect'
    emailReceivers: receivers
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'alert-rpconnect-${suffix}-${rule.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'rp-connect ${suffix}: ${rule.name}'
    description: rule.description
    severity: rule.severity
    enabled: true
    evaluationFrequency: rule.every
    windowSize: rule.over
    autoMitigate: true
    skipQueryValidation: true
    scopes: [
      workspaceId
    ]
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: rule.operator
          threshold: rule.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        people.id
      ]
    }
  }
}]
