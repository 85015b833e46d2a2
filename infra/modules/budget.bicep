metadata name = 'Budget'
metadata description = 'A letter when the month is likely to cost more, and when it has. It switches nothing off.'

@description('Required. Name of the budget.')
param name string

@description('Required. What a month may cost, in the currency of the subscription.')
param amount int

@description('Required. First day of its first month, as 2027-01-01.')
param startDate string

@description('Required. Who is written to.')
param emails array

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      likely: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
      }
      most: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
      }
      all: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Actual'
        contactEmails: emails
      }
    }
  }
}
