# The lab rule as the data of a DSC configuration
@{
    Items = @(
        @{
            Name             = 'In from AD - Lab Computer Filter'
            ConnectorName    = 'aaaaaaaa-0000-4000-8000-000000000001'
            Direction        = 'Inbound'
            SourceObjectType = 'computer'
            TargetObjectType = 'device'
            Precedence       = '90'
            LinkType         = 'Join'
            ScopeFilter      = @(
                @{ ScopeConditionList = @( @{ Attribute = 'location'; ComparisonOperator = 'STARTSWITH'; ComparisonValue = 'LAB' } ) }
            )
            JoinFilter       = @(
                @{ JoinConditionList = @( @{ CSAttribute = 'objectGUID'; MVAttribute = 'deviceId'; CaseSensitive = $false } ) }
            )
            AttributeFlowMappings = @(
                @{
                    Source         = 'operatingSystem'
                    Destination    = 'cloudFiltered'
                    FlowType       = 'Expression'
                    Expression     = 'IIF(InStr([operatingSystem],"Server") > 0,True,NULL)'
                    ValueMergeType = 'Update'
                }
                @{ Source = 'True'; Destination = 'accountEnabled'; FlowType = 'Constant'; ExecuteOnce = $true }
                @{ Source = 'cn'; Destination = 'displayName'; FlowType = 'Direct'; ValueMergeType = 'MergeCaseInsensitive' }
            )
        }
    )
}
